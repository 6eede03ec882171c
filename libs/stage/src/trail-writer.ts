import { SCHEMAS, type TrailData } from '#canonical';
import type { EventProducer, OutgoingRecord } from '#kafka';

const SEND_INTERVAL_MS = 200;
const WAITING_RECORDS_MAX = 500;

/** Sends trail records, several at a time. Best effort: when Kafka is away the oldest are dropped, and counted. */
export class TrailWriter {
  private waiting: OutgoingRecord[] = [];
  private timer: NodeJS.Timeout | undefined;
  private sending: Promise<void> | undefined;
  dropped = 0;

  constructor(private readonly producer: EventProducer) {}

  write(data: TrailData): void {
    if (this.waiting.length >= WAITING_RECORDS_MAX) {
      this.waiting.shift();
      this.dropped++;
    }
    this.waiting.push({
      topic: 'trail',
      key: `${data.stage}/${data.partition}`,
      headers: {
        ce_specversion: '1.0',
        ce_id: `${data.stage}/${data.topic}/${data.partition}/${data.at}/${process.hrtime.bigint()}`,
        ce_source: `urn:elevnav:${data.stage}`,
        ce_type: 'se.elevnav.trail.written',
        ce_dataschema: SCHEMAS.trail.dataschema,
        'content-type': 'application/json',
      },
      value: JSON.stringify(data),
    });
    this.sendSoon();
  }

  /** Resolves when all that was written before has been sent, or dropped. */
  async flush(): Promise<void> {
    await this.sending;
    await this.send();
  }

  private send(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.sending ??= this.sendWaiting().finally(() => {
      this.sending = undefined;
      if (this.waiting.length > 0) this.sendSoon();
    });
    return this.sending;
  }

  private async sendWaiting(): Promise<void> {
    const records = this.waiting;
    this.waiting = [];
    if (records.length === 0) return;
    try {
      await this.producer.send(records);
    } catch {
      this.dropped += records.length; // the trail is a convenience; the effects it tells of are stored
    }
  }

  private sendSoon(): void {
    this.timer ??= setTimeout(() => void this.send(), SEND_INTERVAL_MS).unref();
  }
}
