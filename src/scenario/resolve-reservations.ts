import { selectedReservations, type CapacityReservation } from '../cloud/launch/capacity-reservations.js';
import type { EC2NodeClass } from '../cloud/node-class.js';
import type { KarpenterSettings } from '../karpenter/settings.js';
import { didYouMean } from '../kubernetes/manifest/closest-name.js';
import type { ProblemDetail } from '../kubernetes/manifest/field-reader.js';
import type { Problem } from '../kubernetes/manifest/problem.js';
import type { ScenarioDocument } from './scenario-document.js';

/** What capacity reservations are checked against. */
export interface ReservationContext {
  readonly typeNames: ReadonlySet<string>;
  readonly settings: KarpenterSettings;
  /** Of the manifests, applied ones included. */
  readonly nodeClasses: readonly EC2NodeClass[];
}

/** The capacity reservations of a scenario, problems for names that lead nowhere, and remarks on what stays unused. */
export function resolveReservations(
  document: ScenarioDocument,
  context: ReservationContext,
): {
  readonly capacityReservations: readonly CapacityReservation[];
  readonly problems: readonly Problem[];
  readonly remarks: readonly string[];
} {
  const { zones, capacityReservations = [] } = document.content;
  const problems: Problem[] = [];
  for (const [index, { id, instanceType, zone }] of capacityReservations.entries()) {
    const complain = (key: string, detail: ProblemDetail): void => {
      problems.push(document.problem(['capacityReservations', index, key], detail));
    };
    if (!context.typeNames.has(instanceType)) {
      complain('instanceType', {
        code: 'missing-reference',
        message: `"${instanceType}" is not an instance type in the data`,
        expected: 'an EC2 instance type such as m5.large',
        hint: didYouMean(instanceType, context.typeNames),
      });
    }
    if (!zones.includes(zone)) {
      complain('zone', {
        code: 'missing-reference',
        message: `"${zone}" is no zone of this scenario`,
        expected: `one of ${zones.join(', ')}`,
        hint: didYouMean(zone, zones),
      });
    }
    if (capacityReservations.findIndex((other) => other.id === id) !== index) {
      complain('id', {
        code: 'duplicate-name',
        message: `there is another reservation ${id}`,
        expected: 'each id once',
      });
    }
  }
  const resolved = capacityReservations.map(({ instanceMatchCriteria, tags, ...reservation }) => ({
    ...reservation,
    instanceMatchCriteria: instanceMatchCriteria ?? 'open',
    tags: tags ?? {},
  }));
  return { capacityReservations: resolved, problems, remarks: unusedRemarks(resolved, context) };
}

function unusedRemarks(
  reservations: readonly CapacityReservation[],
  { settings, nodeClasses }: ReservationContext,
): readonly string[] {
  if (reservations.length > 0 && settings.version !== 'v1.14.1') {
    return [`Karpenter ${settings.version} knows no capacity reservations: those of this scenario stay unused.`];
  }
  if (reservations.length > 0 && !settings.featureGates.reservedCapacity) {
    return ['The feature gate ReservedCapacity is off: the capacity reservations of this scenario stay unused.'];
  }
  const selections = nodeClasses.map((nodeClass) => ({
    nodeClass,
    selected: selectedReservations(reservations, nodeClass.capacityReservationSelectorTerms),
  }));
  const used = new Set(selections.flatMap(({ selected }) => selected));
  return [
    ...selections.flatMap(({ nodeClass, selected }) =>
      (nodeClass.capacityReservationSelectorTerms ?? []).length === 0 || selected.length > 0
        ? []
        : [
            `EC2NodeClass ${nodeClass.metadata.name} selects none of the scenario's capacityReservations: it has no reserved capacity.`,
          ],
    ),
    ...reservations.flatMap((reservation) =>
      used.has(reservation) ? [] : [`No EC2NodeClass selects capacity reservation ${reservation.id}: it stays unused.`],
    ),
  ];
}
