/** How many days of each kind an average month has; fractions are welcome. */
export interface MonthWeights {
  readonly weekdays: number;
  readonly weekends: number;
  readonly paydays: number;
  /** Days of the month that are paydays, ascending; one past the end of a month is its last day. */
  readonly paydayDates: readonly number[];
}
