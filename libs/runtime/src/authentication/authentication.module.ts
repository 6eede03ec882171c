import { Module, type DynamicModule } from '@nestjs/common';
import { ENVIRONMENT } from '../boot/environment-token.js';
import type { Environment } from '../config/environment.config.js';
import { readConfig } from '../config/read-config.js';
import { IssuerConfig } from './issuer.config.js';
import { TokenVerifier } from './token-verifier.js';

/** Opens the routes of a stage that carry `@Scopes(…)` to bearers of the issuer's access tokens. */
@Module({})
export class AuthenticationModule {
  /** @param config read from the environment of `bootStage` unless given. */
  static register(config?: IssuerConfig): DynamicModule {
    return {
      module: AuthenticationModule,
      global: true,
      providers: [
        {
          provide: TokenVerifier,
          inject: [ENVIRONMENT],
          useFactory: (environment: Environment) =>
            new TokenVerifier(config ?? readConfig(IssuerConfig, environment)),
        },
      ],
      exports: [TokenVerifier],
    };
  }
}
