/**
 * Work that several threads share. A job has a number of chunks; each thread takes the next one
 * until none is left. How a job is cut depends on its size only, never on the number of threads,
 * and so does every result, to the bit.
 */
import { Job, runChunk } from "./generated/table";

/**
 * Takes chunks of a job until none is left. A thread that comes late finds another number on the
 * ticket, and leaves: the next job may be half written by then. Who holds a chunk can rely on the
 * job, since it does not end before the chunk does.
 */
function takeChunks(job: Job, number: i32, worker: i32): void {
  const ticket = changetype<usize>(job) + offsetof<Job>("ticket");
  const done = changetype<usize>(job) + offsetof<Job>("done");
  for (;;) {
    const now = atomic.load<i64>(ticket);
    const left = <i32>(now & 0xff);
    if (<i32>(now >> 8) != number || left == 0) return;
    if (atomic.cmpxchg<i64>(ticket, now, now - 1) != now) continue;
    const chunk = job.chunks - left;
    // (speed.11) first(c) = ⌊c · items / chunks⌋
    const first = <i32>(<i64>chunk * job.items / job.chunks);
    const end = <i32>(<i64>(chunk + 1) * job.items / job.chunks);
    runChunk(job, chunk, first, end, job.scratch + <usize>worker * job.scratchBytes);
    if (atomic.add<i32>(done, 1) + 1 == job.chunks) atomic.notify(done, 1);
  }
}

/**
 * What a thread does all its life: waits for a job, helps with it, waits for the next. `control`
 * holds the number of the last job, −1 at the end.
 */
export function work(control: usize, job: Job, worker: i32): void {
  let seen = 0;
  for (;;) {
    let spins = 0;
    while (atomic.load<i32>(control) == seen) {
      if (++spins > SPINS) atomic.wait<i32>(control, seen, -1);
    }
    seen = atomic.load<i32>(control);
    if (seen < 0) return;
    takeChunks(job, seen, worker);
  }
}

/**
 * How often a thread looks for news before it goes to sleep: some tenths of a millisecond. To wake
 * it up takes a good part of that.
 */
const SPINS = 200_000;

/**
 * Announces a job, helps with it, and waits for the others. Returns whether all is done, in time.
 */
export function runJob(
  control: usize, job: Job, threads: i32, mayWait: bool, timeoutMs: i32,
): bool {
  if (job.chunks == 1) {
    // nothing to share: the others sleep on
    runChunk(job, 0, 0, job.items, job.scratch);
    return true;
  }
  const number = (atomic.load<i32>(control) + 1) & 0x3fff_ffff;
  const done = changetype<usize>(job) + offsetof<Job>("done");
  atomic.store<i32>(done, 0);
  atomic.store<i64>(
    changetype<usize>(job) + offsetof<Job>("ticket"), (<i64>number << 8) | <i64>job.chunks,
  );
  atomic.store<i32>(control, number);
  if (threads > 1) atomic.notify(control, threads - 1);
  takeChunks(job, number, 0);
  let spins: i64 = 0;
  while (true) {
    const now = atomic.load<i32>(done);
    if (now == job.chunks) return true;
    if (++spins < SPINS) continue;
    if (!mayWait) {
      if (spins > <i64>timeoutMs * 100_000) return false;
    } else if (atomic.wait<i32>(done, now, <i64>timeoutMs * 1_000_000) == 2) return false;
  }
  return false;
}
