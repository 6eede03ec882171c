import { randomUUID } from 'node:crypto';
import { Body, Controller, Delete, Get, HttpCode, Param, Put } from '@nestjs/common';
import { SCHEMAS, causationOf, settingKey, type Setting } from '#canonical';
import { isBusy } from '#database';
import { CurrentPrincipal, PROBLEMS, Problem, Scopes, type Principal } from '#runtime';
import { Settings, Stage, type OutgoingEvent, type UnitOfWork } from '#stage';
import { checkSettings } from './check-settings.js';
import { findDependants } from './find-dependants.js';

const TOPIC = 'admin.settings';
const SETTINGS_MAX = 2_000;
const NAMED_MAX = 20;

/**
 * What administrators decide: huvudmän, sources and their contracts, calendars, the retention. A setting that was acknowledged is stored, with who
 * wrote it, and in force in every stage within moments, not at once.
 */
@Controller('v1/settings')
export class SettingsController {
  constructor(
    private readonly settings: Settings,
    private readonly stage: Stage,
  ) {}

  @Get()
  @Scopes('admin:read')
  list(): { settings: Setting[] } {
    const settings = this.settings.all().sort((a, b) => (settingKey(a) < settingKey(b) ? -1 : 1));
    return { settings };
  }

  /** One setting, whole: what is left out is no longer so. */
  @Put(':kind/:id')
  @HttpCode(202)
  @Scopes('settings:write')
  async put(
    @Param('kind') kind: string,
    @Param('id') id: string,
    @Body() body: unknown,
    @CurrentPrincipal() actor: Principal,
  ): Promise<{ accepted: number }> {
    const settings = this.checked([body], () => '');
    if (settingKey(settings[0]!) !== `${kind}/${id}`) {
      const detail = 'The kind and id in the body must be those in the address.';
      throw new Problem(PROBLEMS['bad-request'], { detail });
    }
    return this.write(settings, actor);
  }

  /** Several settings, each whole. None is written when one of them is wrong. */
  @Put()
  @HttpCode(202)
  @Scopes('settings:write')
  async putAll(
    @Body() body: unknown,
    @CurrentPrincipal() actor: Principal,
  ): Promise<{ accepted: number }> {
    if (!Array.isArray(body) || body.length === 0 || body.length > SETTINGS_MAX) {
      const detail = `Send a JSON array of 1 to ${SETTINGS_MAX} settings.`;
      throw new Problem(PROBLEMS['bad-request'], { detail });
    }
    return this.write(
      this.checked(body, (index) => `/${index}`),
      actor,
    );
  }

  /** One setting is taken out. What other settings name stays until they do not: nothing else says whose they would be. */
  @Delete(':kind/:id')
  @HttpCode(202)
  @Scopes('settings:write')
  async remove(
    @Param('kind') kind: string,
    @Param('id') id: string,
    @CurrentPrincipal() actor: Principal,
  ): Promise<{ accepted: number }> {
    const key = `${kind}/${id}`;
    const all = this.settings.all();
    if (!all.some((setting) => settingKey(setting) === key)) {
      const detail = 'No setting of this kind has this id; GET /v1/settings lists those in force.';
      throw new Problem(PROBLEMS['not-found'], { detail });
    }
    const dependants = findDependants(key, all).map(settingKey);
    if (dependants.length > 0) throw namedBy(dependants);
    await this.transaction((unit) => {
      unit.emit(removalOf(key));
      unit.audit({ actor, action: 'setting.removed', about: key, outcome: 'done' });
    });
    return { accepted: 1 };
  }

  private checked(
    bodies: readonly unknown[],
    pointerOf: (index: number) => string,
  ): readonly Setting[] {
    const result = checkSettings(bodies, pointerOf, this.settings.all());
    if (result.ok) return result.settings;
    throw new Problem(PROBLEMS['validation-failed'], {
      members: { errors: result.faults.map((fault) => ({ ...fault })) },
    });
  }

  private async write(
    settings: readonly Setting[],
    actor: Principal,
  ): Promise<{ accepted: number }> {
    await this.transaction((unit) => {
      for (const setting of settings) {
        unit.emit(eventOf(setting));
        unit.audit({ actor, action: 'setting.written', about: settingKey(setting), outcome: 'done' }); // prettier-ignore
      }
    });
    return { accepted: settings.length };
  }

  private async transaction(fill: (unit: UnitOfWork) => void): Promise<void> {
    try {
      await this.stage.transaction((unit) => Promise.resolve(fill(unit)));
    } catch (error) {
      if (!isBusy(error)) throw error;
      throw new Problem(PROBLEMS.unavailable, { retryAfterSeconds: 2, cause: error });
    }
  }
}

function namedBy(keys: readonly string[]): Problem {
  const these = keys.length === 1 ? 'Another setting names' : `${keys.length} other settings name`;
  return new Problem(PROBLEMS.conflict, {
    detail: `${these} this one: take out or change what \`settings\` lists (${NAMED_MAX} at the most), then ask again.`,
    members: { settings: keys.slice(0, NAMED_MAX) },
  });
}

function eventOf(setting: Setting): OutgoingEvent {
  const key = settingKey(setting);
  const { dataschema } = SCHEMAS.setting;
  const envelope = { ...envelopeOf('se.elevnav.setting.written', key), dataschema };
  return { topic: TOPIC, key, envelope, data: setting, cause: causationOf(envelope) };
}

function removalOf(key: string): OutgoingEvent {
  const envelope = envelopeOf('se.elevnav.setting.removed', key);
  return { topic: TOPIC, key, envelope, data: null, cause: causationOf(envelope) };
}

function envelopeOf(type: string, subject: string) {
  const time = new Date().toISOString();
  return { id: randomUUID(), source: 'urn:elevnav:dashboard', type, subject, time };
}
