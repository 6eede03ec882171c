export interface JsonLimits {
  readonly depthMax: number;
  /** In bytes of compact JSON. */
  readonly bytesMax: number;
}

export type JsonExcess = 'too-deep' | 'too-large';

/** UTF-8 takes at most this many bytes for one unit of a JavaScript string. */
const BYTES_PER_UNIT_MAX = 3;

/**
 * Whether parsed JSON is deeper or larger than its limits. Its size is that of its compact JSON in UTF-8 without escapes, so that
 * an event counts the same in every mode in which it can be sent. Goes no deeper than the limit: safe for any nesting.
 */
export function excessOf(value: unknown, limits: JsonLimits): JsonExcess | undefined {
  const units = sizeOf(value, limits.depthMax, unitsOf);
  if (units === Infinity) return 'too-deep';
  // Nearly every event is far below the limit, and counting units costs a third of counting bytes.
  if (units * BYTES_PER_UNIT_MAX <= limits.bytesMax) return undefined;
  const bytes = sizeOf(value, limits.depthMax, Buffer.byteLength);
  return bytes > limits.bytesMax ? 'too-large' : undefined;
}

/** Infinity when it is deeper than `depthLeft`. */
function sizeOf(value: unknown, depthLeft: number, textSize: (text: string) => number): number {
  if (typeof value === 'string') return textSize(value) + 2;
  if (typeof value !== 'object' || value === null) return String(value).length;
  if (depthLeft === 0) return Infinity;
  let size = 2;
  if (Array.isArray(value)) {
    for (const item of value) size += sizeOf(item, depthLeft - 1, textSize) + 1;
  } else {
    const members = value as Readonly<Record<string, unknown>>;
    for (const name of Object.keys(members)) {
      size += textSize(name) + 4 + sizeOf(members[name], depthLeft - 1, textSize);
    }
  }
  return size;
}

function unitsOf(text: string): number {
  return text.length;
}
