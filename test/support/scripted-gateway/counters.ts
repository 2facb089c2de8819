import type { Acknowledgement, Problem } from '../../../events/wire/answers.js'
import type { ConversationCommand } from '../../../events/wire/commands.js'
import type { ClientFrame } from '../../../events/wire/frames.js'
import { problem } from '../../../events/wire/problems.js'
import type { ScriptedLog } from './log.js'

export type CommandFrame = Extract<ClientFrame, { type: 'command' }>
export type Verdict = 'accept' | 'unchanged' | Problem

export type CommandAnswer = { readonly ack: Acknowledgement } | { readonly problem: Problem }

/** Numbers of devices as the command side keeps them (docs/adr/0004): the next is decided, a used one is answered again. */
export const scriptedCommands = (log: ScriptedLog, decide: (frame: CommandFrame) => Verdict) => {
  const used = new Map<string, Array<{ readonly body: string; readonly ack: Acknowledgement }>>()

  const appended = (account: string, device: string, conversation: string, command: ConversationCommand): Acknowledgement => {
    const unit = 'messageId' in command ? { messageId: command.messageId, unit: command.messageId } : { command: command.type }
    const content = 'content' in command ? { content: command.content } : {}
    const event = log.append(conversation, { type: 'messageId' in command ? 'MessageSent' : 'MessagePinned', data: unit, actor: account, device, ...content })
    return { ...('messageId' in command ? { messageId: command.messageId } : {}), sequence: event.sequence, recordedAt: event.metadata.recordedAt, mentions: [], position: event.position }
  }

  return (account: string, device: string, frame: CommandFrame): CommandAnswer => {
    const key = `${device}/${frame.conversation}`
    const answered = used.get(key) ?? []
    used.set(key, answered)
    const expectedCounter = answered.length + 1
    const body = JSON.stringify(frame.command)
    const before = answered[frame.counter - 1]
    if (before !== undefined) return before.body === body ? { ack: before.ack } : { problem: problem('counter-reused', { expectedCounter }) }
    if (frame.counter > expectedCounter) return { problem: problem('counter-skipped', { expectedCounter }) }
    const verdict = decide(frame)
    if (verdict === 'unchanged') return { ack: { sequence: 0, recordedAt: 0, mentions: [], unchanged: true } }
    if (verdict !== 'accept') return { problem: verdict }
    const ack = appended(account, device, frame.conversation, frame.command)
    answered.push({ body, ack })
    return { ack }
  }
}
