/** A partition of a topic, and its text form as a map key. */
export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

export const partitionKey = (topic: string, partition: number): string => `${topic}-${partition}`

/** Groups by topic, in the shape that most requests have. */
export const byTopic = <T extends TopicPartition>(items: Iterable<T>): Map<string, T[]> => {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(item.topic)
    if (group === undefined) groups.set(item.topic, [item])
    else group.push(item)
  }
  return groups
}
