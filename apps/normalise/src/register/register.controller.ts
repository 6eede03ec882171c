import { Controller, Get, Param, ParseUUIDPipe } from '@nestjs/common';
import { CurrentPrincipal, Problem, PROBLEMS, Scopes, type Principal } from '#runtime';
import { Stage } from '#stage';
import { readPerson, type RegisteredPerson } from './registered-person.store.js';

/**
 * The register, for administrators. What is sealed (names, civic number, birth date) never leaves by this door, and who has looked at
 * whom is told of before anything is shown.
 */
@Controller('v1/register/persons')
export class RegisterController {
  constructor(private readonly stage: Stage) {}

  @Get(':id')
  @Scopes('admin:read')
  async person(
    @Param('id', ParseUUIDPipe) id: string,
    @CurrentPrincipal() actor: Principal,
  ): Promise<RegisteredPerson> {
    const person = await readPerson(this.stage, id);
    const outcome = person === undefined ? 'not-found' : 'done';
    await this.stage.audit.write({
      actor,
      action: 'register.read',
      about: id.toLowerCase(),
      outcome,
    });
    if (person === undefined) throw new Problem(PROBLEMS['not-found']);
    return person;
  }
}
