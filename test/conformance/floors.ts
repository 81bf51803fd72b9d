import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The recordings that the project carries. */
export const RECORDINGS = fileURLToPath(new URL('.', import.meta.url));
/** Cases of our own that taught something, laid out in the same way. */
export const EXTRA = fileURLToPath(new URL('extra/', import.meta.url));

export const FLOORS_FILE = fileURLToPath(new URL('floors.json', import.meta.url));
export const README_FILE = fileURLToPath(new URL('../../README.md', import.meta.url));

/** Cases of a family and how many of them agreed so far, which may only become more. */
export interface Floor {
  readonly cases: number;
  readonly agreed: number;
}

/** By kind, version and family. */
export type Floors = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Floor>>>>>>;

export function readFloors(): Floors {
  return JSON.parse(readFileSync(FLOORS_FILE, 'utf8')) as Floors;
}

/** One floor with its place. */
export interface PlacedFloor extends Floor {
  readonly kind: string;
  readonly version: string;
  readonly family: string;
}

/** All floors in the order of the file. */
export function placedFloors(floors: Floors): PlacedFloor[] {
  return Object.entries(floors).flatMap(([kind, versions]) =>
    Object.entries(versions).flatMap(([version, families]) =>
      Object.entries(families).map(([family, floor]) => ({ kind, version, family, ...floor })),
    ),
  );
}
