import { setTimeout as delay } from 'node:timers/promises'
import { api, encodeSubscription } from '../../../../runtime/kafka/protocol/index.js'
import { batchOf, fetchFrom, produceTo } from './conversation.js'
import type { Conversation, Talk } from './conversation.js'

interface Producer {
  readonly producerId: bigint
  readonly producerEpoch: number
}

/** One transactional id and the requests in its name; `me` is who the caller says it is. */
class Transaction {
  constructor(
    readonly talk: Talk,
    readonly transactionalId: string,
  ) {}

  async init(step: string, me?: Producer, version = 5, transactionTimeoutMs = 60_000): Promise<Producer> {
    const { transactionalId } = this
    const answer = await this.talk.quietly(api.InitProducerId, version, {
      transactionalId,
      transactionTimeoutMs,
      ...(me ?? {}),
    })
    this.talk.note(step, answer)
    return { producerId: answer.producerId, producerEpoch: answer.producerEpoch }
  }

  async add(step: string, me: Producer, topic: string, partitions: readonly number[], version = 3): Promise<void> {
    await this.talk.say(step, api.AddPartitionsToTxn, version, {
      v3AndBelowTransactionalId: this.transactionalId,
      v3AndBelowProducerId: me.producerId,
      v3AndBelowProducerEpoch: me.producerEpoch,
      v3AndBelowTopics: [{ name: topic, partitions }],
    })
  }

  async send(step: string, me: Producer, topic: string, baseSequence: number, version: number, partition = 0) {
    const batch = batchOf([step], { ...me, baseSequence, isTransactional: true })
    const { transactionalId } = this
    await this.talk.say(step, api.Produce, version, produceTo(topic, batch, { partition, transactionalId }))
  }

  async addOffsets(step: string, me: Producer, groupId: string, version = 3): Promise<void> {
    await this.talk.say(step, api.AddOffsetsToTxn, version, { transactionalId: this.transactionalId, groupId, ...me })
  }

  async commitOffsets(
    step: string,
    me: Producer,
    groupId: string,
    topic: string,
    version: number,
    member: { readonly memberId?: string; readonly generationId?: number; readonly groupInstanceId?: string } = {},
  ): Promise<void> {
    await this.talk.say(step, api.TxnOffsetCommit, version, {
      transactionalId: this.transactionalId,
      groupId,
      ...me,
      ...member,
      topics: [{ name: topic, partitions: [{ partitionIndex: 0, committedOffset: 7n, committedMetadata: 'm' }] }],
    })
  }

  /** Returns who the producer is from now on. */
  async end(step: string, me: Producer, committed: boolean, version: number): Promise<Producer> {
    const { transactionalId } = this
    const answer = await this.talk.quietly(api.EndTxn, version, { transactionalId, committed, ...me })
    this.talk.note(step, answer)
    return version >= 5 && answer.errorCode === 0 ? answer : me
  }
}

/** Markers are written after EndTxn was answered: waits until the log has its end. */
const settled = async (talk: Talk, topic: string, end: number, partition = 0): Promise<void> => {
  for (let tries = 0; tries < 500; tries++) {
    const { responses } = await talk.quietly(api.Fetch, 11, fetchFrom(topic, 0, { partition }))
    const data = responses[0]?.partitions[0]
    if (data?.highWatermark === BigInt(end) && data.lastStableOffset === BigInt(end)) return
    await delay(10)
  }
  throw new Error(`partition ${partition} never came to ${end}`)
}

const readBoth = async (talk: Talk, step: string, topic: string, from = 0): Promise<void> => {
  await talk.say(`${step}: read uncommitted`, api.Fetch, 11, fetchFrom(topic, from))
  await talk.say(`${step}: read committed`, api.Fetch, 11, fetchFrom(topic, from, { isolationLevel: 1 }))
}

const listEnd = (talk: Talk, step: string, topic: string, isolationLevel: number) =>
  talk.say(step, api.ListOffsets, 5, {
    replicaId: -1,
    isolationLevel,
    topics: [{ name: topic, partitions: [{ partitionIndex: 0, timestamp: -1n }] }],
  })

const transactionOf = async (talk: Talk, name: string): Promise<Transaction> => {
  const id = talk.unique(name)
  await talk.quietly(api.FindCoordinator, 3, { key: id, keyType: 1 })
  return new Transaction(talk, id)
}

export const transactionsVersion1: Conversation = {
  name: 'transactions-version-1',
  hold: async (talk) => {
    const topic = await talk.topic('t', 2)
    const txn = await transactionOf(talk, 'x')
    const me = await txn.init('init', undefined, 4)
    await txn.send('produce 11 without adding', me, topic, 0, 11)
    await txn.send('produce 7 without adding', me, topic, 0, 7)
    await txn.add('add a missing topic', me, talk.unique('missing'), [0])
    await txn.add('add', me, topic, [0])
    await txn.add('add again', me, topic, [0])
    await txn.send('produce', me, topic, 0, 11)
    await txn.send('produce more', me, topic, 1, 11)
    await txn.send('produce a repeated one', me, topic, 1, 11)
    await txn.send('produce a gap', me, topic, 5, 11)
    await readBoth(talk, 'open', topic)
    await listEnd(talk, 'end for uncommitted', topic, 0)
    await listEnd(talk, 'end for committed', topic, 1)
    await txn.end('commit', me, true, 4)
    await settled(talk, topic, 3)
    await readBoth(talk, 'committed', topic)
    await txn.end('commit again', me, true, 4)
    await txn.end('abort after the commit', me, false, 4)
    await txn.add('add for an abort', me, topic, [0, 1])
    await txn.send('produce to abort', me, topic, 2, 11)
    await txn.send('produce to abort, other partition', me, topic, 0, 11, 1)
    await txn.end('abort', me, false, 4)
    await settled(talk, topic, 5)
    await settled(talk, topic, 2, 1)
    await readBoth(talk, 'aborted', topic)
    await txn.send('late produce 11', me, topic, 3, 11)
    await txn.send('late produce 7', me, topic, 3, 7)
    await txn.end('abort again', me, false, 4)
    await txn.end('commit after the abort', me, true, 4)
    const plain = batchOf(['plain'], { ...me, baseSequence: 3, isTransactional: true })
    await talk.say('transactional batch without an id', api.Produce, 9, produceTo(topic, plain))
    await txn.add('wrong producer id', { ...me, producerId: me.producerId + 77n }, topic, [0])
    await txn.add('older epoch', { ...me, producerEpoch: -1 }, topic, [0])
    await txn.add('older epoch, version 1', { ...me, producerEpoch: -1 }, topic, [0], 1)
    const stranger = await transactionOf(talk, 'nobody')
    await stranger.add('unknown transactional id', me, topic, [0])
    await stranger.end('end of an unknown transactional id', me, true, 4)
    const empty = await transactionOf(talk, 'empty')
    const idle = await empty.init('init another', undefined, 4)
    await empty.end('commit of nothing', idle, true, 4)
    await empty.end('abort of nothing', idle, false, 4)
  },
}

export const transactionsVersion2: Conversation = {
  name: 'transactions-version-2',
  hold: async (talk) => {
    const topic = await talk.topic('t', 2)
    const txn = await transactionOf(talk, 'x')
    let me = await txn.init('init')
    await txn.send('produce', me, topic, 0, 12)
    await txn.send('produce more', me, topic, 1, 12)
    await txn.send('produce to the other partition', me, topic, 0, 12, 1)
    await readBoth(talk, 'open', topic)
    const first = me
    me = await txn.end('commit', first, true, 5)
    await settled(talk, topic, 3)
    await settled(talk, topic, 2, 1)
    await txn.end('commit again with the old epoch', first, true, 5)
    await txn.end('abort with the old epoch', first, false, 5)
    await txn.send('late produce', first, topic, 2, 12)
    await txn.send('not from sequence 0', me, topic, 3, 12)
    await txn.send('new epoch', me, topic, 0, 12)
    me = await txn.end('abort', me, false, 5)
    await settled(talk, topic, 5)
    await readBoth(talk, 'aborted', topic)
    await txn.end('commit of nothing', me, true, 5)
    me = await txn.end('abort of nothing', me, false, 5)
    await txn.send('produce 11 without adding', me, topic, 0, 11)
    me = await txn.init('bump', me)
    await txn.init('bump with an old epoch', { ...me, producerEpoch: 1 })
    await txn.init('bump with a wrong producer id', { ...me, producerId: me.producerId + 99n })
    const zombie = me
    me = await txn.init('new instance')
    await txn.send('zombie produces', zombie, topic, 0, 12)
    await txn.end('zombie ends', zombie, true, 5)
    await txn.add('zombie adds', zombie, topic, [0])
    await txn.send('new instance produces', me, topic, 0, 12)
    const replaced = me
    me = await txn.init('another instance, while the transaction is open')
    await settled(talk, topic, 7)
    await readBoth(talk, 'aborted by it', topic)
    await txn.send('the replaced one produces', replaced, topic, 1, 12)
    await txn.end('the replaced one commits', replaced, true, 5)
    await txn.send('another instance produces', me, topic, 0, 12)
    await txn.end('another instance commits', me, true, 5)
    await settled(talk, topic, 9)
    await readBoth(talk, 'in the end', topic)
  },
}

export const overlappingAborts: Conversation = {
  name: 'transactions-overlapping',
  hold: async (talk) => {
    const topic = await talk.topic('t')
    const [one, two, three] = [
      await transactionOf(talk, 'a'),
      await transactionOf(talk, 'b'),
      await transactionOf(talk, 'c'),
    ]
    const [a, b, c] = [await one.init('init a'), await two.init('init b'), await three.init('init c')]
    await one.send('a1', a, topic, 0, 12)
    await two.send('b1', b, topic, 0, 12)
    await three.send('c1', c, topic, 0, 12)
    await one.send('a2', a, topic, 1, 12)
    await two.end('b aborts', b, false, 5)
    await marked(talk, topic, 5)
    await readBoth(talk, 'b aborted', topic)
    await three.end('c commits', c, true, 5)
    await marked(talk, topic, 6)
    await readBoth(talk, 'c committed', topic)
    await one.end('a aborts', a, false, 5)
    await settled(talk, topic, 7)
    for (const from of [0, 1, 3, 5, 7]) await readBoth(talk, `from ${from}`, topic, from)
  },
}

const marked = async (talk: Talk, topic: string, end: number): Promise<void> => {
  for (let tries = 0; tries < 500; tries++) {
    const { responses } = await talk.quietly(api.Fetch, 11, fetchFrom(topic, 0))
    if (responses[0]?.partitions[0]?.highWatermark === BigInt(end)) return
    await delay(10)
  }
  throw new Error(`no marker before ${end}`)
}

export const transactionalOffsets: Conversation = {
  name: 'transactions-offsets',
  hold: async (talk) => {
    const topic = await talk.topic('t')
    const group = await talk.group('g')
    const txn = await transactionOf(talk, 'x')
    const fetched = (step: string, requireStable: boolean) =>
      talk.say(step, api.OffsetFetch, 7, {
        groupId: group,
        requireStable,
        topics: [{ name: topic, partitionIndexes: [0] }],
      })
    let me = await txn.init('init')
    await txn.commitOffsets('version 3 without adding', me, group, topic, 3)
    await txn.addOffsets('add', me, group)
    await txn.commitOffsets('version 3', me, group, topic, 3)
    await fetched('open: stable', true)
    await fetched('open: any', false)
    await txn.end('commit', me, true, 4)
    await untilStable(talk, group, topic)
    await fetched('committed', true)
    for (const version of [0, 1, 2, 4]) {
      await txn.addOffsets(`add for version ${version}`, me, group)
      await txn.commitOffsets(`version ${version}`, me, group, topic, version)
      await txn.end(`abort version ${version}`, me, false, 4)
      await untilStable(talk, group, topic)
    }
    me = await txn.init('new epoch')
    await txn.commitOffsets('version 5, added by itself', me, group, topic, 5)
    me = await txn.end('abort', me, false, 5)
    await untilStable(talk, group, topic)
    await fetched('aborted', true)
    await txn.commitOffsets('old epoch', { ...me, producerEpoch: 0 }, group, topic, 5)
    await txn.commitOffsets('wrong producer', { ...me, producerId: me.producerId + 55n }, group, topic, 5)
    const joined = await talk.quietly(api.JoinGroup, 5, {
      groupId: group,
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 10_000,
      memberId: '',
      groupInstanceId: 'i',
      protocolType: 'consumer',
      protocols: [
        { name: 'range', metadata: encodeSubscription({ topics: [topic], userData: null, ownedPartitions: [] }, 1) },
      ],
    })
    const { memberId, generationId } = joined
    const member = { memberId, generationId, groupInstanceId: 'i' }
    await txn.commitOffsets('while the rebalance completes', me, group, topic, 5, member)
    await talk.quietly(api.SyncGroup, 3, {
      groupId: group,
      generationId,
      memberId,
      groupInstanceId: 'i',
      assignments: [],
    })
    await txn.commitOffsets('as member', me, group, topic, 5, member)
    await txn.commitOffsets('of another generation', me, group, topic, 5, { ...member, generationId: 9 })
    await txn.commitOffsets('of a stranger', me, group, topic, 5, { memberId: 'm', generationId })
    await txn.commitOffsets('of a fenced instance', me, group, topic, 5, { ...member, memberId: 'm' })
    await txn.commitOffsets('of no member', me, group, topic, 5)
    me = await txn.end('commit as member', me, true, 5)
    await untilStable(talk, group, topic)
    await fetched('committed as member', true)
    await txn.commitOffsets('to a missing topic', me, group, talk.unique('missing'), 5)
    await txn.commitOffsets('for another group', me, await talk.group('h'), topic, 5)
    await txn.end('end it', me, false, 5)
  },
}

const untilStable = async (talk: Talk, groupId: string, topic: string): Promise<void> => {
  for (let tries = 0; tries < 500; tries++) {
    const request = { groupId, requireStable: true, topics: [{ name: topic, partitionIndexes: [0] }] }
    const { topics } = await talk.quietly(api.OffsetFetch, 7, request)
    if (topics[0]?.partitions[0]?.errorCode === 0) return
    await delay(10)
  }
  throw new Error('offsets never became stable')
}

export const transactionAdministration: Conversation = {
  name: 'transactions-administration',
  hold: async (talk) => {
    const topic = await talk.topic('t')
    const txn = await transactionOf(talk, 'x')
    const wrong = { transactionalId: txn.transactionalId, transactionTimeoutMs: 1_200_000 }
    await talk.say('long time-out', api.InitProducerId, 5, wrong)
    await talk.say('no time-out', api.InitProducerId, 5, { ...wrong, transactionTimeoutMs: 0 })
    for (const version of [0, 1, 2, 3, 4]) await txn.init(`init, version ${version}`, undefined, version)
    const me = await txn.init('init')
    const about = async (step: string): Promise<void> => {
      await talk.say(`${step}: describe`, api.DescribeTransactions, 0, { transactionalIds: [txn.transactionalId] })
      await talk.say(`${step}: list`, api.ListTransactions, 0, { stateFilters: [], producerIdFilters: [me.producerId] })
      const { topics } = await talk.quietly(api.DescribeProducers, 0, {
        topics: [{ name: topic, partitionIndexes: [0] }],
      })
      const producers = topics[0]?.partitions[0]?.activeProducers.map(({ coordinatorEpoch: _, ...rest }) => rest)
      talk.note(`${step}: producers`, producers)
    }
    await about('empty')
    await txn.send('produce', me, topic, 0, 12)
    const open = await talk.quietly(api.ListTransactions, 0, {
      stateFilters: ['Ongoing', 'Nonsense'],
      producerIdFilters: [me.producerId],
    })
    talk.note('list the open ones', open)
    await about('open')
    await txn.end('commit', me, true, 5)
    await settled(talk, topic, 2)
    await untilComplete(talk, txn.transactionalId)
    await about('committed')
    await talk.say('describe nothing', api.DescribeTransactions, 0, { transactionalIds: [talk.unique('nobody')] })
    const missing = { topics: [{ name: talk.unique('missing'), partitionIndexes: [0] }] }
    await talk.say('producers of nothing', api.DescribeProducers, 0, missing)
    const features = await talk.quietly(api.ApiVersions, 4, { clientSoftwareName: 'w', clientSoftwareVersion: '1' })
    const isTransaction = ({ name }: { readonly name: string }): boolean => name === 'transaction.version'
    talk.note('supported', features.supportedFeatures.filter(isTransaction))
    talk.note('finalized', features.finalizedFeatures.filter(isTransaction))
    const old = await talk.quietly(api.ApiVersions, 3, { clientSoftwareName: 'w', clientSoftwareVersion: '1' })
    talk.note('supported, version 3', old.supportedFeatures.filter(isTransaction))
    talk.note('finalized, version 3', old.finalizedFeatures.filter(isTransaction))
  },
}

const untilComplete = async (talk: Talk, transactionalId: string): Promise<void> => {
  for (let tries = 0; tries < 500; tries++) {
    const { transactionStates } = await talk.quietly(api.DescribeTransactions, 0, {
      transactionalIds: [transactionalId],
    })
    if (transactionStates[0]?.transactionState.startsWith('Complete') === true) return
    await delay(10)
  }
  throw new Error('the transaction never completed')
}
