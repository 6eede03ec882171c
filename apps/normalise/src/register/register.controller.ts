import { Controller, Get, Param, ParseUUIDPipe } from '@nestjs/common';
import { Problem, PROBLEMS, Scopes } from '#runtime';
import { Stage } from '#stage';
import { readPerson, type RegisteredPerson } from './registered-person.store.js';

/** The register, for administrators. What is sealed (names, civic number, birth date) never leaves by this door. */
@Controller('v1/register/persons')
export class RegisterController {
  constructor(private readonly stage: Stage) {}

  @Get(':id')
  @Scopes('admin:read')
  async person(@Param('id', ParseUUIDPipe) id: string): Promise<RegisteredPerson> {
    const person = await readPerson(this.stage, id);
    if (person === undefined) throw new Problem(PROBLEMS['not-found']);
    return person;
  }
}
