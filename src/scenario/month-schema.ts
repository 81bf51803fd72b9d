import { z } from 'zod';
import { dayOfMonth } from './schema-values.js';

const LONGEST_MONTH_DAYS = 31;

const daysAMonth = z.number().min(0, { error: 'days a month, 0 or more' });

/** How often days like the simulated ones come in a month: without it no run is projected onto one. */
export const monthSchema = z
  .strictObject({
    weekdays: daysAMonth.describe('Mondays to Fridays that are no paydays, in an average month'),
    weekends: daysAMonth.describe('Saturdays and Sundays that are no paydays'),
    paydays: daysAMonth.describe('Paydays, whatever day of the week they are'),
    paydayDates: z
      .array(dayOfMonth)
      .min(1, { error: 'at least one day' })
      .optional()
      .describe(
        'Days of the month that are paydays; 31 in a shorter month is its last day. Default: payday.days of the traffic',
      ),
  })
  .refine(
    ({ weekdays, weekends, paydays }) => {
      const days = weekdays + weekends + paydays;
      return days > 0 && days <= LONGEST_MONTH_DAYS;
    },
    { error: `weekdays, weekends and paydays that add up to a month: more than 0, at most ${LONGEST_MONTH_DAYS}` },
  )
  .describe('How often days like the simulated ones come in a month, so that their bill can be projected onto one');
