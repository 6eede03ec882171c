/** Nest token of the environment that the stage was booted with: `@Inject(ENVIRONMENT) environment: Environment`. */
export const ENVIRONMENT = Symbol('elevnav:environment');
