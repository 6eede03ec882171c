import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DEFAULT_ACCESS_POLICY, type AccessPolicy } from '#canonical';
import { Settings } from '#stage';
import { arrangeCalendar, type Calendar } from './rules/arrange-calendar.js';

interface Arranged {
  readonly version: number;
  readonly calendar: Calendar;
  readonly digest: string;
}

/** Policies and calendar, as the settings have them now, arranged once per change. */
@Injectable()
export class AccessRules {
  private arranged: Arranged | undefined;

  constructor(private readonly settings: Settings) {}

  get calendar(): Calendar {
    return this.current().calendar;
  }

  /** Differs when a decision may differ: of a calendar's or a policy's content, not of settings that change neither. */
  get digest(): string {
    return this.current().digest;
  }

  policyOf(huvudman: string): AccessPolicy {
    return this.settings.policy(huvudman);
  }

  private current(): Arranged {
    const { version } = this.settings;
    if (this.arranged?.version !== version) {
      const calendars = this.settings
        .calendars()
        .sort((one, other) => (one.id < other.id ? -1 : 1));
      const policies = this.settings
        .huvudmen()
        .map(({ id }) => [id, this.settings.policy(id)] as const)
        .filter(([, policy]) => JSON.stringify(policy) !== JSON.stringify(DEFAULT_ACCESS_POLICY))
        .sort(([one], [other]) => (one < other ? -1 : 1));
      const content = JSON.stringify({ calendars, policies });
      this.arranged = {
        version,
        calendar: arrangeCalendar(calendars),
        digest: createHash('sha256').update(content).digest('base64url'),
      };
    }
    return this.arranged;
  }
}
