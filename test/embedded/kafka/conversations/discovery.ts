import { api } from '../../../../runtime/kafka/protocol/index.js'
import type { Conversation } from './conversation.js'

export const discovery: Conversation = {
  name: 'discovery',
  hold: async (talk) => {
    for (const version of [0, 1, 2, 3, 4]) {
      const asked = version >= 3 ? { clientSoftwareName: 'wire', clientSoftwareVersion: '1.0' } : {}
      const { errorCode, apiKeys } = await talk.quietly(api.ApiVersions, version, asked)
      talk.note(`ApiVersions ${version}`, { errorCode, listsProduce: apiKeys.some(({ apiKey }) => apiKey === 0) })
    }
    const badName = { clientSoftwareName: 'no spaces', clientSoftwareVersion: '1' }
    const { errorCode } = await talk.quietly(api.ApiVersions, 3, badName)
    talk.note('bad software name', errorCode)
    const [group, transaction] = [talk.unique('g'), talk.unique('t')]
    for (const version of [0, 1, 2, 3]) {
      await talk.say(`coordinator of a group, version ${version}`, api.FindCoordinator, version, { key: group })
    }
    for (const version of [4, 5, 6]) {
      await talk.say(`coordinators of groups, version ${version}`, api.FindCoordinator, version, {
        keyType: 0,
        coordinatorKeys: [group, talk.unique('h')],
      })
    }
    await talk.say('coordinator of a transaction', api.FindCoordinator, 3, { key: transaction, keyType: 1 })
    await talk.say('coordinator of nonsense', api.FindCoordinator, 3, { key: group, keyType: 9 })
    const topic = await talk.topic('t', 2)
    for (const version of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]) {
      await talk.say(`metadata, version ${version}`, api.Metadata, version, {
        topics: [{ name: topic }, { name: talk.unique('missing') }],
        ...(version >= 4 ? { allowAutoTopicCreation: false } : {}),
      })
    }
    await talk.say('metadata with operations', api.Metadata, 9, {
      topics: [{ name: topic }],
      allowAutoTopicCreation: false,
      includeTopicAuthorizedOperations: true,
      includeClusterAuthorizedOperations: true,
    })
    for (const version of [0, 1, 2]) {
      await talk.say(`cluster, version ${version}`, api.DescribeCluster, version, {
        includeClusterAuthorizedOperations: version === 1,
      })
    }
  },
}

export const accessControl: Conversation = {
  name: 'access-control',
  hold: async (talk) => {
    const anything = {
      resourceTypeFilter: 2,
      resourceNameFilter: null,
      patternTypeFilter: 3,
      principalFilter: null,
      hostFilter: null,
      operation: 1,
      permissionType: 1,
    }
    const rule = {
      resourceType: 2,
      resourceName: talk.unique('t'),
      resourcePatternType: 3,
      principal: 'User:me',
      host: '*',
      operation: 3,
      permissionType: 3,
    }
    for (const version of [1, 2, 3]) {
      await talk.say(`describe, version ${version}`, api.DescribeAcls, version, anything)
      await talk.say(`create, version ${version}`, api.CreateAcls, version, { creations: [rule, rule] })
      await talk.say(`delete, version ${version}`, api.DeleteAcls, version, { filters: [anything] })
    }
  },
}
