import type { Adapter } from './adapter.js';

/** Every source system that the hub understands. A new one is a new folder and one line here. */
export const ADAPTERS: readonly Adapter[] = [];

const byName: ReadonlyMap<string, Adapter> = new Map(
  ADAPTERS.map((adapter) => [adapter.name, adapter]),
);

/** The adapter that a source's settings name. */
export function adapterNamed(name: string): Adapter | undefined {
  return byName.get(name);
}
