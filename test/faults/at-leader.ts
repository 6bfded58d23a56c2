import type { KafkaClient } from '../../runtime/kafka/client.js'
import { KafkaProtocolError } from '../../runtime/kafka/protocol/index.js'
import { retry } from '../../runtime/kafka/retry.js'

/** Asks the leader of a partition, wherever it moves and however often its broker is down meanwhile. */
export const atLeader = <T extends { readonly errorCode: number }>(
  client: KafkaClient,
  topic: string,
  partition: number,
  ask: (leader: number) => Promise<T>,
): Promise<T> =>
  retry(
    async () => {
      const leader = client.topic(topic)?.partitions.find((info) => info.partition === partition)?.leader
      try {
        if (leader === undefined || leader < 0) throw new KafkaProtocolError(5, `the leader of ${topic}-${partition}`)
        const answer = await ask(leader)
        if (answer.errorCode !== 0) throw new KafkaProtocolError(answer.errorCode, `reading ${topic}-${partition}`)
        return answer
      } catch (error) {
        await client.refresh([topic])
        throw error
      }
    },
    { timeoutMs: 60_000 },
  )
