/**
 * Amounts by resource name: `cpu` in milli-cpu, every other resource in whole base units (bytes, counts).
 * A missing name reads as zero (QTY-2).
 */
export type ResourceList = Readonly<Record<string, number>>;
