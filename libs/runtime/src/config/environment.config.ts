/** Names and values as the process was started with. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The one place of this room that reads the process's environment; everything else is handed it. */
export function processEnvironment(): Environment {
  return process.env;
}
