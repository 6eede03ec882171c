import { Injectable, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { ScheduleModule, SchedulerRegistry } from '@nestjs/schedule';
import { Log } from '../log/log.js';
import { Shutdown } from '../shutdown/shutdown.js';
import { PeriodicTask, type PeriodicTaskOptions } from './periodic-task.js';

/**
 * The periodic tasks of a process. They begin when all of it has been put together; a shutdown stops them and waits for the runs under
 * way, so a run of many steps looks at `Shutdown.isClosing` between them.
 */
@Injectable()
export class PeriodicTasks implements OnApplicationBootstrap {
  private readonly tasks: PeriodicTask[] = [];

  constructor(
    private readonly registry: SchedulerRegistry,
    private readonly shutdown: Shutdown,
    private readonly log: Log,
  ) {}

  /** To be called while the application is put together, as from a constructor: what comes later is never started. */
  add(options: PeriodicTaskOptions): PeriodicTask {
    const task = new PeriodicTask(options, this.log);
    this.tasks.push(task);
    return task;
  }

  onApplicationBootstrap(): void {
    for (const task of this.tasks) this.begin(task);
  }

  private begin(task: PeriodicTask): void {
    const { name, everyMs, isAtStart } = task.options;
    this.registry.addInterval(
      name,
      setInterval(() => void task.tick(), everyMs),
    );
    this.shutdown.add(name, () => {
      if (this.registry.doesExist('interval', name)) this.registry.deleteInterval(name);
      return task.ended();
    });
    if (isAtStart) void task.tick();
  }
}

/** For applications that have periodic tasks. */
@Module({
  imports: [ScheduleModule.forRoot()],
  providers: [PeriodicTasks],
  exports: [PeriodicTasks],
})
export class PeriodicTasksModule {}
