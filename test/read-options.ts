import { parseArgs, type ParseArgsConfig } from 'node:util';

/**
 * The options of a command of the developers. `--help` prints how it is used and ends; what is not understood ends it with one sentence
 * and how it is used, and 2.
 */
export function readOptions<Config extends ParseArgsConfig>(
  config: Config,
  usage: string,
): ReturnType<typeof parseArgs<Config>> {
  if (process.argv.slice(2).includes('--help')) {
    console.log(usage);
    process.exit(0);
  }
  try {
    return parseArgs(config);
  } catch (error) {
    const [sentence = ''] = (error as Error).message.split('. ');
    return refuseUsage(sentence.replace(/\.$/, ''), usage);
  }
}

/** @returns undefined when the option was not given. */
export function wholeNumber(
  name: string,
  text: string | undefined,
  { least = 0, most, usage }: { least?: number; most?: number; usage: string },
): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  const fits = number >= least && number <= (most ?? Infinity);
  if (text !== '' && Number.isSafeInteger(number) && fits) return number;
  const bounds = most === undefined ? `of ${least} or more` : `from ${least} to ${most}`;
  return refuseUsage(`--${name} takes a whole number ${bounds}`, usage);
}

export function refuseUsage(says: string, usage: string): never {
  console.error(`${says}.\n\n${usage}`);
  process.exit(2);
}
