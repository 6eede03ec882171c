/** One setting that is missing or wrong. Never holds the value that was given. */
export interface ConfigFault {
  /** The environment variable's name. */
  readonly setting: string;
  /** One sentence: what is wrong, what is expected. */
  readonly sentence: string;
}

/** All faults of the configuration at once, so that one restart mends them all. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'config-wrong';

  constructor(readonly faults: readonly ConfigFault[]) {
    const heading =
      faults.length === 1
        ? 'One setting is wrong; mend it and start again:'
        : `${faults.length} settings are wrong; mend them and start again:`;
    super([heading, ...faults.map((fault) => `- ${fault.sentence}`)].join('\n'));
  }
}
