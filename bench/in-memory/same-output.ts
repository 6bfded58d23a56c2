import { BatchCursor, recordsOf } from '../../runtime/kafka/record-batch/index.js'
import type { Contender } from './contender.js'

/** Fails unless all contenders write the same records; returns their number. What is quick and wrong is not measured. */
export async function assertSameOutput(contenders: readonly Contender[], recordSet: Buffer): Promise<number> {
  const outputs = await Promise.all(contenders.map(async (contender) => written(await contender.process(recordSet))))
  const [expected = [], ...others] = outputs
  if (expected.length === 0) throw new Error('the baseline writes nothing')
  for (const [i, output] of others.entries()) {
    const name = contenders[i + 1]?.name ?? ''
    const at = expected.findIndex((record, index) => record !== output[index])
    if (at >= 0)
      throw new Error(`${name} differs in record ${at}: ${output[at] ?? 'none'} instead of ${expected[at] ?? ''}`)
    if (output.length !== expected.length)
      throw new Error(`${name} writes ${output.length} of ${expected.length} records`)
  }
  return expected.length
}

function written(batches: readonly Buffer[]): readonly string[] {
  return batches.flatMap((bytes) =>
    [...new BatchCursor(bytes)].flatMap((batch) =>
      [...recordsOf(batch)].map(
        ({ key, value, timestamp }) => `${timestamp} ${key?.toString('hex') ?? '-'} ${value?.toString('hex') ?? '-'}`,
      ),
    ),
  )
}
