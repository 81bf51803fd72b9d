import { INSTANCE_MATCH_CRITERIA } from '../../cloud/launch/capacity-reservations.js';
import { RESERVATION_ID_LABEL } from '../../karpenter/requirements/labels.js';
import type { ScenarioCatalogue } from '../scenario-catalogue.js';
import type { Dump } from './dump.js';
import type { ImportFindings } from './import-finding.js';
import { fieldOf, textOf, without } from './object-fields.js';
import type { DumpObject } from './shaped-object.js';

/** A capacity reservation as a scenario describes it. */
export interface ImportedReservation {
  readonly id: string;
  readonly instanceType: string;
  readonly zone: string;
  readonly count: number;
  readonly instanceMatchCriteria?: string | undefined;
}

/** Reservations of a dump, and its EC2NodeClasses with terms that select them by id. */
export interface ImportedReservations {
  readonly reservations: readonly ImportedReservation[];
  readonly nodeClasses: readonly DumpObject[];
}

/**
 * The capacity reservations that EC2NodeClasses have found, as their status tells. How many machines one holds no object of the
 * cluster tells: as many as run in it.
 */
export function importedReservations(
  dump: Dump,
  nodeClasses: readonly DumpObject[],
  catalogue: ScenarioCatalogue,
  findings: ImportFindings,
): ImportedReservations {
  const running = new Map<string, number>();
  for (const node of dump.list('Node')) {
    const id = fieldOf(node, 'metadata', 'labels', RESERVATION_ID_LABEL);
    if (typeof id === 'string') running.set(id, (running.get(id) ?? 0) + 1);
  }
  const known = new Map<string, ImportedReservation>();
  const seen = new Set<string>();
  const complete = nodeClasses.map((nodeClass) => {
    const told = fieldOf(nodeClass, 'status', 'capacityReservations');
    const ids = (Array.isArray(told) ? (told as unknown[]) : []).flatMap((reservation) => {
      const { id, instanceType, availabilityZone, instanceMatchCriteria } = reservation as Record<string, unknown>;
      const count = running.get(String(id)) ?? 0;
      const isNew = !seen.has(String(id));
      seen.add(String(id));
      if (fieldOf(reservation, 'reservationType') === 'capacity-block') {
        if (isNew) findings.add('left-out', 'capacity blocks, which are not modelled', String(id));
        return [];
      }
      if (!catalogue.typeNames.has(String(instanceType)) || typeof availabilityZone !== 'string') return [];
      if (count === 0) {
        const text = 'capacity reservations in which no node runs: no object tells how many machines they hold';
        if (isNew) findings.add('left-out', text, String(id));
        return [];
      }
      if (isNew) {
        const text =
          'capacity reservations: they hold as many machines as run in them now, since no object tells their size';
        findings.add('guessed', text, String(id));
        const criteria = INSTANCE_MATCH_CRITERIA.find((own) => own === instanceMatchCriteria);
        const place = { instanceType: String(instanceType), zone: availabilityZone };
        known.set(String(id), {
          id: String(id),
          ...place,
          count,
          ...(criteria && { instanceMatchCriteria: criteria }),
        });
      }
      return [{ id }];
    });
    if (ids.length === 0 && fieldOf(nodeClass, 'spec', TERMS) !== undefined && !Array.isArray(told)) {
      const text = `${TERMS} of EC2NodeClasses whose status tells of no reservation`;
      findings.add('left-out', text, textOf(fieldOf(nodeClass, 'metadata', 'name')));
    }
    const spec = without(nodeClass['spec'] as DumpObject, TERMS);
    return { ...without(nodeClass, 'status'), spec: ids.length === 0 ? spec : { ...spec, [TERMS]: ids } };
  });
  return { reservations: [...known.values()], nodeClasses: complete };
}

const TERMS = 'capacityReservationSelectorTerms';
