/** Speaks the simulator's control API. Knows nothing of what is on the screen. */

/** Discord's answer to something it will not do. `code` is Discord's number, 0 where there is none. */
export class Refused extends Error {
  constructor(status, body) {
    super(body?.message || `The simulator answered ${status}.`);
    this.status = status;
    this.code = body?.code ?? 0;
    this.errors = body?.errors ?? null;
  }
}

async function call(method, path, body) {
  const response = await fetch(`/control${path}`, {
    method,
    headers: body ? { "Content-Type": "application/json" } : {},
    body: body && JSON.stringify(body),
  });
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new Refused(response.status, answer);
  return answer;
}

export const world = () => call("GET", "/world");
export const threads = (guild, person) => call("GET", `/guilds/${guild}/threads?as=${person}`);
export const messages = (channel, person) => call("GET", `/channels/${channel}/messages?as=${person}&limit=100`);
export const commands = (guild, person) => call("GET", `/guilds/${guild}/commands?as=${person}`);
export const act = (person, what, fields = {}) => call("POST", "/act", { as: person, do: what, ...fields });

/** Uploads a file that a command is to be given; resolves to what the option's value is. */
export async function upload(person, file) {
  const headers = { "Content-Type": file.type || "application/octet-stream" };
  const target = `/control/uploads?as=${person}&filename=${encodeURIComponent(file.name)}`;
  const response = await fetch(target, { method: "POST", headers, body: file });
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new Refused(response.status, answer);
  return answer.id;
}

/**
 * Listens to what a person sees happen. `listener({t, d})` for each event, `connected(bool)` when the
 * line comes up (again) or breaks. Returns a function that stops listening.
 */
export function listen(person, listener, connected) {
  const source = new EventSource(`/control/events?as=${person}`);
  source.addEventListener("message", ({ data }) => listener(JSON.parse(data)));
  source.addEventListener("open", () => connected(true));
  source.addEventListener("error", () => connected(false));
  return () => source.close();
}
