import type { Adapter } from './adapter.js';
import { canvas } from './canvas/adapter.js';
import { schoolUnits } from './school-units/adapter.js';
import { ss12000Attendance } from './ss12000-attendance/adapter.js';
import { ss12000 } from './ss12000/adapter.js';
import { testPlatform } from './test-platform/adapter.js';

/** Every source system that the hub understands. A new one is a new folder and one line here. */
export const ADAPTERS: readonly Adapter[] = [
  ss12000,
  ss12000Attendance,
  canvas,
  testPlatform,
  schoolUnits,
];

const byName: ReadonlyMap<string, Adapter> = new Map(
  ADAPTERS.map((adapter) => [adapter.name, adapter]),
);

/** The adapter that a source's settings name. */
export function adapterNamed(name: string): Adapter | undefined {
  return byName.get(name);
}
