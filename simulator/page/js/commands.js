/** What a person may type after `/`. Pure: it is given the commands and answers what fits. */

export const CHAT_INPUT = 1;
export const USER_MENU = 2;
export const MESSAGE_MENU = 3;

const SUBCOMMAND = 1;
const GROUP = 2;
export const BOOLEAN = 5;
export const USER = 6;
export const CHANNEL = 7;
export const ROLE = 8;
export const MENTIONABLE = 9;

/** Every slash command as one line: `{path: "topic close", description, options}`, by name. */
export function flatten(commands) {
  return commands
    .filter((command) => (command.type ?? CHAT_INPUT) === CHAT_INPUT)
    .flatMap((command) => leaves(command, ""))
    .sort((a, b) => a.path.localeCompare(b.path));
}

function leaves({ name, description, options = [] }, prefix) {
  const path = `${prefix}${name}`;
  const below = options.filter(({ type }) => type === SUBCOMMAND || type === GROUP);
  if (below.length) return below.flatMap((option) => leaves(option, `${path} `));
  return [{ path, description, options }];
}

/** The commands that fit what is typed: those that begin with it first, then those that contain it. */
export function matching(lines, typed) {
  const wanted = typed.trim().toLowerCase().replace(/\s+/g, " ");
  const begins = lines.filter(({ path }) => path.startsWith(wanted));
  const contains = lines.filter(({ path }) => !path.startsWith(wanted) && path.includes(wanted));
  return [...begins, ...contains];
}

/** Menu commands of one kind. */
export const menuCommands = (commands, type) => commands.filter((command) => command.type === type);

/** Does an option have a list to choose from, and from where: "world", "choices", "bot" or null? */
export function sourceOf(option) {
  if (option.autocomplete) return "bot";
  if (option.choices?.length || option.type === BOOLEAN) return "choices";
  return [USER, CHANNEL, ROLE, MENTIONABLE].includes(option.type) ? "world" : null;
}

/** The fixed choices of an option as `[{name, value}]`. */
export function choicesOf(option) {
  if (option.type === BOOLEAN) return [{ name: "True", value: true }, { name: "False", value: false }];
  return option.choices ?? [];
}

/** Members, channels and roles that an option may name, as `[{name, value}]`. */
export function worldChoices(option, guild, threads) {
  const users = guild.members.map(({ user }) => ({ name: `@${user.global_name || user.username}`, value: user.id }));
  const roles = guild.roles.map(({ id, name }) => ({ name: `@${name}`, value: id }));
  const allowed = ({ type }) => !option.channel_types?.length || option.channel_types.includes(type);
  const channels = [...guild.channels, ...threads].filter(allowed).map(({ id, name }) => ({ name: `#${name}`, value: id }));
  return { [USER]: users, [ROLE]: roles, [CHANNEL]: channels, [MENTIONABLE]: [...users, ...roles] }[option.type] ?? [];
}

export function filterChoices(choices, typed) {
  const wanted = typed.trim().toLowerCase();
  return choices.filter(({ name }) => name.toLowerCase().includes(wanted)).slice(0, 25);
}
