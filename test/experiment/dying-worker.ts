import { workerData } from 'node:worker_threads';
import replicationWorker, {
  type ReplicationAnswer,
  type ReplicationTask,
} from '../../src/experiment/replication-worker.js';

/** A counter that all threads share: the first of them that takes a task dies of it. */
export interface DeadlyWork {
  /** One 32-bit integer. */
  readonly deaths: SharedArrayBuffer;
}

/** Does what the real worker does, in all threads but the first. */
export default function dyingWorker(task: ReplicationTask): ReplicationAnswer {
  const { deaths } = workerData as DeadlyWork;
  if (Atomics.add(new Int32Array(deaths), 0, 1) === 0) process.exit(7);
  return replicationWorker(task);
}
