import { Controller, Get } from '@nestjs/common';
import { Public } from '#runtime';
import { Sandbox, type Playbill } from './sandbox.js';

@Controller()
@Public()
export class SandboxController {
  constructor(private readonly sandbox: Sandbox) {}

  /** What is played here. Everything in it is invented. */
  @Get()
  list(): Playbill {
    return this.sandbox.playbill();
  }
}
