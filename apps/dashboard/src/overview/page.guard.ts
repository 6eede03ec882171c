import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { BearerGuard, PROBLEMS, Problem, TokenVerifier } from '#runtime';
import { DashboardConfig, isLoopback } from '../dashboard.config.js';

/** What the page asks for, whatever its routes say: they are public to the guard before this one. */
class AsksForAdminRead extends Reflector {
  override getAllAndOverride<T>(): T {
    return ['admin:read'] as T;
  }
}

/**
 * Opens the page to holders of an `admin:read` token. A demo on one machine may open it without (DASHBOARD_OPEN), and then to
 * addresses of that machine only: a foreign name that resolves to it is some other site's doing.
 */
@Injectable()
export class PageGuard implements CanActivate {
  private readonly bearer: BearerGuard;

  constructor(
    private readonly config: DashboardConfig,
    verifier: TokenVerifier,
  ) {
    this.bearer = new BearerGuard(new AsksForAdminRead(), verifier);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (!this.config.isOpen) return this.bearer.canActivate(context);
    const { host } = context.switchToHttp().getRequest<FastifyRequest>().headers;
    if (!isLoopback(hostnameOf(host))) throw new Problem(PROBLEMS.forbidden);
    return true;
  }
}

function hostnameOf(host: string | undefined): string {
  return URL.parse(`http://${host ?? ''}`)?.hostname ?? '';
}
