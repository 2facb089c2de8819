import type { NotCanonical } from '../../events/canonical.js'
import type { Problem } from '../../events/wire/answers.js'
import { problem } from '../../events/wire/problems.js'
import type { AccountRejection } from '../account/rejections.js'
import type { ConversationRejection } from '../conversation/rejections.js'
import type { ReceiptsRejection } from '../receipts/rejections.js'
import type { StoriesRejection } from '../stories/rejections.js'

// Every refusal as the problem that a client reads. Denial looks like absence: those answers are equal byte for byte.

export const notFound = problem('not-found')
const because = (detail: string) => ({ detail })

export const unavailable = (retryAfterMs: number): Problem => problem('unavailable', { retryAfterMs })

export const notCanonical = ({ reason }: NotCanonical): Problem =>
  problem('malformed', because(`The content has ${reason}, which has no canonical form: leave it out.`))

export const conversationProblem = (rejection: ConversationRejection): Problem => {
  switch (rejection._tag) {
    case 'ConversationAbsent':
    case 'NotAMember':
    case 'MessageAbsent':
    case 'MemberAbsent':
    case 'StoryAbsent':
    case 'Blocked':
      return notFound
    case 'NotAnAdmin':
      return problem('forbidden')
    case 'NotTheSender':
      return problem('forbidden', because('Only its sender may change a message; its sender or an admin may delete it.'))
    case 'LastAdmin':
      return problem('conflict', because('This is the last admin: make another member admin first.'))
    case 'MessageIsDeleted':
      return problem('conflict', because('The message was deleted: drop what you have of it.'))
    case 'CreatedOtherwise':
      return problem('conflict', because('A conversation with this id is there with other settings: read it, or create yours under a new id.'))
    case 'DirectIsFixed':
      return problem('conflict', because('Members and name of a direct conversation never change: create a group for that.'))
    case 'DirectNeedsOneOther':
      return problem('malformed', because('A direct conversation has exactly one other account in `members`.'))
    case 'DirectIdExpected':
      return problem('malformed', because(`The direct conversation of these two has the id ${rejection.conversation}: send to that one.`))
    case 'GroupIdExpected':
      return problem('malformed', because('Make a UUID of version 7 for a group: derived ids belong to direct conversations.'))
    case 'TooManyMembers':
      return problem('limit-reached', because(`A conversation of this class has at most ${rejection.limit} members: add fewer.`))
    case 'TooManyPins':
      return problem('limit-reached', because(`At most ${rejection.limit} messages are pinned: unpin one first.`))
    case 'TooManyReactions':
      return problem('limit-reached', because(`A member has at most ${rejection.limit} reactions on a message: take one back first.`))
    case 'OtherContentExpected':
      return problem('malformed', because(contentExpected[rejection.encryption]))
    case 'ContentTooLarge':
      return problem('too-large', because(`This content has ${rejection.bytes} bytes, at most ${rejection.limit} are taken.`))
    case 'EpochExpected':
      return problem('conflict', because(`Encrypt for key epoch ${rejection.epoch} and send again.`))
  }
}

const contentExpected = {
  e2ee: 'This conversation is end-to-end encrypted: send `ciphertext`.',
  readable: 'This conversation is readable: send `text`, without an envelope.',
} as const

export const accountProblem = (rejection: AccountRejection): Problem => {
  switch (rejection._tag) {
    case 'NotRegistered':
      return problem('account-unknown')
    case 'TooManyDevices':
      return problem('limit-reached', because(`An account has at most ${rejection.limit} devices: revoke one first.`))
    case 'DeviceIsRevoked':
      return problem('conflict', because('A revoked device never comes back: register under a new device id.'))
    case 'DeviceHasOtherKeys':
      return problem('conflict', because('This device is registered with other keys: register under a new device id.'))
    case 'DeviceUnknown':
      return notFound
    case 'ProfileTooLarge':
      return problem('too-large', because(`The profile has ${rejection.bytes} bytes, at most ${rejection.limit} are taken.`))
    case 'AboutItself':
      return problem('malformed', because('This is your own account: name another one.'))
    case 'BlockedByItself':
      return problem('conflict', because('You blocked this account: unblock it first.'))
    case 'ListIsFull':
      return problem('limit-reached', because(`At most ${rejection.limit} accounts stand on the list ${rejection.list}: take one off first.`))
  }
}

export const receiptsProblem = (rejection: ReceiptsRejection): Problem => {
  switch (rejection._tag) {
    case 'NotAMember':
      return notFound
    case 'NotReadable':
      return problem('conflict', because(`Nothing for you to read at that number: the conversation ends at ${rejection.head}.`))
  }
}

export const storiesProblem = (rejection: StoriesRejection): Problem => {
  switch (rejection._tag) {
    case 'StoryAbsent':
      return notFound
    case 'StoryIdUsed':
      return problem('conflict', because('This id is of a story that says something else, or has ended: make a new id.'))
    case 'NewStoryIdExpected':
      return problem('malformed', because('A story id is a new UUID of version 7.'))
    case 'StoryIsEmpty':
      return problem('malformed', because('A story has a text, or media, or both.'))
    case 'StoryTooLarge':
      return problem('too-large', because(`This text has ${rejection.bytes} bytes, at most ${rejection.limit} are taken.`))
    case 'TooManyStories':
      return problem('limit-reached', because(`At most ${rejection.limit} stories are posted within 24 hours: wait until the oldest of them are over.`))
  }
}
