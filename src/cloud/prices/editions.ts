/** Years of the shipped on-demand prices. */
export const EDITION_YEARS = [2023, 2026] as const;

/** One of the shipped on-demand price lists; 2023 and 2026 differ for p4 and p5 alone. */
export type Edition = (typeof EDITION_YEARS)[number];
