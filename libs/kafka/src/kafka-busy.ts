/** Kafka is away or overloaded. Nothing is wrong with what was to be sent: try again later. */
export class KafkaBusy extends Error {
  override readonly name = 'KafkaBusy';

  constructor(says: string, options?: { cause?: unknown }) {
    super(says, options);
  }
}
