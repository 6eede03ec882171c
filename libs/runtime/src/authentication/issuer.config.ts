import {
  ArrayNotEmpty,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsUrl,
  Max,
  Min,
} from 'class-validator';
import { Setting } from '../config/setting.js';

export const TOKEN_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;
export type TokenAlgorithm = (typeof TOKEN_ALGORITHMS)[number];

const WEB_ADDRESS = { protocols: ['http', 'https'], require_protocol: true, require_tld: false };

/** The OpenID issuer whose access tokens are accepted. */
export class IssuerConfig {
  @Setting('OIDC_ISSUER', { description: "the issuer's address, exactly as in the claim iss" })
  @IsUrl(WEB_ADDRESS)
  issuer: string;

  @Setting('OIDC_AUDIENCE', { description: 'the audience that tokens for this hub carry in aud' })
  audience: string;

  @Setting('OIDC_JWKS_URL', {
    description: "the address of the issuer's keys; found by OpenID discovery when not set",
  })
  @IsOptional()
  @IsUrl(WEB_ADDRESS)
  jwksUrl?: string;

  @Setting('OIDC_ALGORITHMS', {
    description: `the signature algorithms accepted, of ${TOKEN_ALGORITHMS.join(', ')}`,
    default: [...TOKEN_ALGORITHMS],
  })
  @ArrayNotEmpty()
  @IsIn(TOKEN_ALGORITHMS, { each: true })
  algorithms: TokenAlgorithm[];

  @Setting('OIDC_CLOCK_TOLERANCE_SECONDS', {
    description: "how many seconds the issuer's clock may differ, 0 to 60",
    default: 10,
  })
  @IsInt()
  @Min(0)
  @Max(60)
  clockToleranceSeconds: number;

  @Setting('OIDC_ALLOW_HTTP', {
    description:
      'true to fetch keys without TLS from another machine, inside a closed network only',
    default: false,
  })
  @IsBoolean()
  allowHttp: boolean;
}
