import { IsInt, IsNotEmpty, Max, Min } from 'class-validator';
import { Setting } from '../config/setting.js';

export class HttpConfig {
  @Setting('HTTP_HOST', {
    description: 'the address to listen at; 0.0.0.0 in a container',
    default: '127.0.0.1',
  })
  @IsNotEmpty()
  host: string;

  @Setting('HTTP_PORT', {
    description: 'the port to listen at; 0 takes any free one',
    default: 8080,
  })
  @IsInt()
  @Min(0)
  @Max(65_535)
  port: number;

  @Setting('HTTP_BODY_LIMIT_BYTES', {
    description: 'the largest body accepted, in bytes',
    default: 1_048_576,
  })
  @IsInt()
  @Min(1_024)
  @Max(268_435_456)
  bodyLimitBytes: number;

  @Setting('HTTP_REQUEST_LIMIT_MS', {
    description: 'how long a request may take to arrive whole, in milliseconds',
    default: 10_000,
  })
  @IsInt()
  @Min(100)
  @Max(3_600_000)
  requestLimitMs: number;

  @Setting('HTTP_CONNECTIONS_MAX', {
    description: 'how many connections are open at once; further ones are closed',
    default: 2_000,
  })
  @IsInt()
  @Min(1)
  @Max(100_000)
  connectionsMax: number;
}
