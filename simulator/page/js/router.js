/** The address after `#`: `#/guild/channel/thread`, each part optional. */

export function parse(hash) {
  const [, guild = null, channel = null, thread = null] = /^#\/(\d+)?(?:\/(\d+))?(?:\/(\d+))?$/.exec(hash) ?? [];
  return { guild, channel, thread };
}

export function href({ guild, channel, thread }) {
  return `#/${[guild, channel, thread].filter(Boolean).join("/")}`;
}

/** How many steps into the guild an address is: 1 channels, 2 posts or a channel, 3 a thread. */
export function depth({ channel, thread }) {
  if (thread) return 3;
  return channel ? 2 : 1;
}
