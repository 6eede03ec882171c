/** One enrolment by the facts; days are numbers, `end` is the last day. */
export interface KnownEnrolment {
  readonly huvudman: string;
  /** Whose register says it: another’s, where the unit has gone over. */
  readonly saidBy: string;
  readonly unit: string;
  readonly schoolType: string;
  readonly schoolYear: number | undefined;
  readonly start: number;
  readonly end: number;
  readonly cancelled: boolean;
}

/** No end is known. */
export const OPEN = Number.MAX_SAFE_INTEGER;
