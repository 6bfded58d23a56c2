/** A task: one partition of one sub-topology. Its text form is Kafka Streams' (`0_3`). */
export interface TaskId {
  readonly subTopology: number
  readonly partition: number
}

export const formatTaskId = ({ subTopology, partition }: TaskId): string => `${subTopology}_${partition}`

/** Throws a `RangeError` for text that is no task id. */
export const parseTaskId = (text: string): TaskId => {
  const match = /^(\d+)_(\d+)$/.exec(text)
  if (match?.[1] === undefined || match[2] === undefined) throw new RangeError(`"${text}" is not a task id`)
  return { subTopology: Number(match[1]), partition: Number(match[2]) }
}
