/**
 * Lets kafkajs write a null header value, which Kafka allows and other clients send. Its encoder is right but for one call that
 * measures the null before it looks at it (standards/reliability.md §1.3). For tests and proofs only.
 */
export function allowNullHeaders(): void {
  const measure = Buffer.byteLength.bind(Buffer);
  Buffer.byteLength = (value: Parameters<typeof measure>[0] | null, ...rest) =>
    value === null ? 0 : measure(value, ...rest);
}
