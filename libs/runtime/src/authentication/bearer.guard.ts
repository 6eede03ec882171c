import {
  Inject,
  Injectable,
  Optional,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { noteOnRequest } from '../http/request-notes.js';
import { Problem } from '../problem/problem.js';
import { PROBLEMS } from '../problem/problems.js';
import type { Principal } from './principal.js';
import { ROUTE_ACCESS, type RouteAccess } from './route-access.js';
import { OPERATOR_SCOPES, type Scope } from './scopes.js';
import { TokenVerifier } from './token-verifier.js';

/**
 * Stands before every HTTP route of every stage. A route that says neither `@Scopes(…)` nor `@Public()` is closed, and
 * so is one with scopes in a stage without `AuthenticationModule`. A token that acts for a huvudman opens no route of the operator's.
 */
@Injectable()
export class BearerGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Optional() @Inject(TokenVerifier) private readonly verifier?: TokenVerifier,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const access = this.reflector.getAllAndOverride<RouteAccess | undefined>(ROUTE_ACCESS, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (access === 'public') return true;
    if (access === undefined || this.verifier === undefined) {
      throw new Problem(PROBLEMS['route-closed']);
    }
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const principal = await this.verifier.verify(bearerToken(request));
    noteOnRequest(request, { principal });
    assertScopes(principal, access);
    assertOperator(principal, access);
    return true;
  }
}

/** RFC 6750 §2.1: the header only; a token in an address or a body would end in logs. */
function bearerToken(request: FastifyRequest): string {
  const found = /^Bearer +([^\s,]+) *$/i.exec(request.headers.authorization ?? '');
  if (found?.[1] === undefined) {
    throw new Problem(PROBLEMS['token-missing'], {
      headers: { 'www-authenticate': 'Bearer realm="elevnav"' },
    });
  }
  return found[1];
}

function assertScopes(principal: Principal, needed: readonly Scope[]): void {
  const lacking = needed.filter((scope) => !principal.scopes.includes(scope));
  if (lacking.length === 0) return;
  const names = lacking.join(' ');
  throw new Problem(PROBLEMS['scope-missing'], {
    detail: `Ask the issuer for an access token that also has the scope ${names}.`,
    members: { scopesMissing: lacking },
    headers: {
      'www-authenticate': `Bearer realm="elevnav", error="insufficient_scope", scope="${needed.join(' ')}"`,
    },
  });
}

function assertOperator({ huvudman }: Principal, needed: readonly Scope[]): void {
  if (huvudman === undefined || !needed.some((scope) => OPERATOR_SCOPES.includes(scope))) return;
  throw new Problem(PROBLEMS['operator-only']);
}
