import { Controller, Get, Param, ParseUUIDPipe } from '@nestjs/common';
import { CurrentPrincipal, PROBLEMS, Problem, Scopes, type Principal } from '#runtime';
import { Stage } from '#stage';
import type { AccessRecord } from './rules/access-record.js';
import { AccessStore } from './access.store.js';

/** What is decided for a person, for an administrator of the hub. */
export interface PersonAccessView {
  readonly person: string;
  /** Each entry, standing and test with why and since when. */
  readonly access: AccessRecord['access'];
  readonly absences: AccessRecord['absences'];
  readonly overdue: AccessRecord['overdue'] | null;
  /** The entries whose end is due and not acted on, each with the findings that it waits for. */
  readonly postponed: NonNullable<AccessRecord['postponed']>;
  /** When time alone may change it; RFC 3339, or null. */
  readonly nextDue: string | null;
  readonly lastSequence: string;
}

@Controller('v1/access/persons')
@Scopes('admin:read')
export class AccessController {
  constructor(
    private readonly store: AccessStore,
    private readonly stage: Stage,
  ) {}

  /** State, why and since when, by the hub's own person id. 404 for a person nothing is known of. */
  @Get(':personId')
  async read(
    @Param('personId', ParseUUIDPipe) personId: string,
    @CurrentPrincipal() actor: Principal,
  ): Promise<PersonAccessView> {
    const found = await this.store.find(personId);
    const outcome = found === null ? 'not-found' : 'done';
    const about = personId.toLowerCase();
    await this.stage.audit.write({ actor, action: 'access.read', about, outcome });
    if (found === null) {
      const detail = 'No event about this person has come; compare the id with the register.';
      throw new Problem(PROBLEMS['not-found'], { detail });
    }
    const { access, absences, overdue, postponed } = found.state;
    return {
      person: found.person,
      access,
      absences,
      overdue: overdue ?? null,
      postponed: postponed ?? [],
      nextDue: found.nextDue?.toISOString() ?? null,
      lastSequence: found.lastSequence,
    };
  }
}
