import { Injectable } from '@nestjs/common';

/** When this process last heard of each source, until it is written down. */
@Injectable()
export class HeardSources {
  private readonly heard = new Map<string, Date>();

  note(source: string | undefined, at: Date): void {
    if (source !== undefined) this.heard.set(source, at);
  }

  /** A copy; what is noted is kept, since writing it down again costs nothing. */
  all(): ReadonlyMap<string, Date> {
    return new Map(this.heard);
  }
}
