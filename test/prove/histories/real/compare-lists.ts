const LINES_MAX = 3;

/**
 * Compares what was found on real services with what its twin in memory has, in whatever order.
 * @returns where they differ, for people to read; undefined when they do not.
 */
export function compareLists(
  where: string,
  real: readonly string[],
  inMemory: readonly string[],
): string | undefined {
  const [more, less] = [without(real, inMemory), without(inMemory, real)];
  if (more.length + less.length === 0) return undefined;
  const [found, wanted] = withoutSharedLines(more[0], less[0]);
  return `${where}: on real services\n    ${found}\n  and in memory\n    ${wanted}\n  with ${more.length} and ${less.length} such differences`;
}

/** What is left of a list when each of the others has been taken out once. */
function without(list: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return list.filter((one) => {
    const at = left.indexOf(one);
    if (at < 0) return true;
    left.splice(at, 1);
    return false;
  });
}

/** Two streams of messages begin alike: what counts is where they part. */
function withoutSharedLines(one = 'nothing', other = 'nothing'): [string, string] {
  const [lines, others] = [one.split('\n'), other.split('\n')];
  const shared = lines.findIndex((line, index) => line !== others[index]);
  const from = shared < 0 ? lines.length : shared;
  return [readable(lines, from), readable(others, from)];
}

function readable(lines: readonly string[], from: number): string {
  const some = lines.slice(from, from + LINES_MAX).map((line) => line.replace(/\\+"/g, "'"));
  const before = from > 0 ? [`(${from} lines alike)`] : [];
  return [...before, ...(some.length === 0 ? ['no more'] : some)].join('\n    ');
}
