import { setTimeout as delay } from 'node:timers/promises'
import type { Admin } from 'kafkajs'

/** An empty topic of that name: one that is there goes first. */
export async function createTopic(admin: Admin, topic: string, numPartitions: number): Promise<void> {
  if ((await admin.listTopics()).includes(topic)) await admin.deleteTopics({ topics: [topic] })
  for (let tries = 0; ; tries++) {
    try {
      await admin.createTopics({ topics: [{ topic, numPartitions, replicationFactor: 1 }], waitForLeaders: true })
      return
    } catch (error) {
      // A deleted topic stays for a moment.
      if (tries === 100) throw error
      await delay(50)
    }
  }
}
