/** Tells a person who waits what is being done: one line a step, with the seconds since the start. */
export class Teller {
  private readonly startedMs = performance.now();

  constructor(private readonly out: NodeJS.WriteStream | { write(text: string): unknown }) {}

  step = (sentence: string): void => {
    const time = `${this.seconds.toFixed(1).padStart(5)} s`;
    const isTerminal = 'isTTY' in this.out && this.out.isTTY;
    this.line(isTerminal ? `\u001b[2m${time}\u001b[0m  ${sentence}` : `${time}  ${sentence}`);
  };

  line(text = ''): void {
    this.out.write(`${text}\n`);
  }

  get seconds(): number {
    return (performance.now() - this.startedMs) / 1_000;
  }
}
