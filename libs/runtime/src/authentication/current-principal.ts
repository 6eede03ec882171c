import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { notesOnRequest } from '../http/request-notes.js';
import type { Principal } from './principal.js';

/** The caller, on a route with `@Scopes(…)`. */
export const CurrentPrincipal = createParamDecorator(
  (_data: undefined, context: ExecutionContext): Principal => principalOf(context),
);

function principalOf(context: ExecutionContext): Principal {
  const { principal } = notesOnRequest(context.switchToHttp().getRequest<FastifyRequest>());
  if (principal === undefined) {
    throw new Error('@CurrentPrincipal() stands on a route without @Scopes(…).');
  }
  return principal;
}
