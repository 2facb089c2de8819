import { describe, expect, it } from 'vitest'
import { readLine } from './lines.js'

const said = (nick: string, text: string) => ({ type: 'said', nick, text, action: false })
const action = (nick: string, text: string) => ({ type: 'said', nick, text, action: true })
const service = { type: 'service' }

describe('a line of a raw log', () => {
  it.each([
    ['a message', '[09:14] <crimsun> kleedrac: a good question', said('crimsun', 'kleedrac: a good question')],
    ['a message with more to its nick than letters', '[09:15] <|QuaD-> hi', said('|QuaD-', 'hi')],
    ['a message that keeps its leading space and its <b>', '[09:15] <will>  <b>', said('will', ' <b>')],
    ['a message of nothing', '[01:38] <OerHeks>', said('OerHeks', '')],
    ['a message of one space', '[01:38] <OerHeks>  ', said('OerHeks', ' ')],
    ['a message across a line separator', '[01:38] <a> b\u2028c', said('a', 'b\u2028c')],
    ['a channel notice', '[01:26] -osoqas:#ubuntu- hello - all', said('osoqas', 'hello - all')],
    ['a message sent through the channel window', '[01:09] (soundray/#ubuntu) thomas: seen it?', said('soundray', 'thomas: seen it?')],
    ['an action', '[07:00]  * Gnea looks at Quintin', action('Gnea', 'looks at Quintin')],
    ['an action of nothing', '[07:00]  * Gnea ', action('Gnea', '')],
    ['an action before 2008', '=== Scooter boots his Xbox', action('Scooter', 'boots his Xbox')],
    ['an old action about being known', '=== alice thinks bob is now known as bo', action('alice', 'thinks bob is now known as bo')],
    ['a join', '=== L0sT [~waa3@raptor.ukc.ac.uk]  has joined #ubuntu', { type: 'joined', nick: 'L0sT' }],
    ['a join of a bracketed host', '=== augmentor [[H] -8@58.10.69.123]  has joined #ubuntu', { type: 'joined', nick: 'augmentor' }],
    ['a part', '=== jcapote [~jcapote@adsl-2.net]  has left #ubuntu []', { type: 'parted', nick: 'jcapote' }],
    ['a part with a cut reason', '=== Krpano [n=opera@196.ch]  has left #ubuntu ["Verlassend] ', { type: 'parted', nick: 'Krpano' }],
    ['a kick', '=== Hergiswi was kicked off #ubuntu by apokryphos (annoying)', { type: 'parted', nick: 'Hergiswi' }],
    ['a rename', '=== matt_ is now known as Guest64553', { type: 'renamed', from: 'matt_', to: 'Guest64553' }],
    ['a mode', '=== mode/#ubuntu [-b el!*@*]  by apokryphos', service],
    ['an old topic', '=== ..[topic/#ubuntu:Seveas] : Happy Dapper Day', service],
    ['a topic on joining', '=== Topic for #ubuntu: Official Support', service],
    ['who set the topic', '=== Topic (#ubuntu): set by Madpilot at Mon Dec  4 07:27:08 2006', service],
    ['a new topic', '=== rww changed the topic of #ubuntu to: Official', service],
    ['a healed net split', '=== netjoined: irc.freenode.net -> kornbluth.freenode.net', service],
    ['the logger itself', '=== Starting logfile irclogs/ubuntu.log', service],
    ['something else', 'Lorem ipsum', { type: 'unrecognised' }],
    ['nothing', '', { type: 'unrecognised' }],
  ])('%s', (_, line, expected) => { expect(readLine(line)).toEqual(expected) })
})

describe("the space that the old logger puts after each ']' of a nick", () => {
  it.each([
    ['[09:00] <bur[n] er> hi [x] y', said('bur[n]er', 'hi [x] y')],
    ['[09:00] <zcat[1] > hi', said('zcat[1]', 'hi')],
    ["=== bur[n] er wonders if he'll [ever] win", action('bur[n]er', "wonders if he'll [ever] win")],
    ['=== sinope[crashed]  will miss it', action('sinope[crashed]', 'will miss it')],
    ['=== [optik]  [~optik@200.106.11.64]  has joined #ubuntu', { type: 'joined', nick: '[optik]' }],
    ['=== Asl[a] n [n=s@202.1.194.105]  has joined #ubuntu', { type: 'joined', nick: 'Asl[a]n' }],
    ['=== N}{N[] O [n=C@85-57.es]  has left #ubuntu ["Ubuntu]', { type: 'parted', nick: 'N}{N[]O' }],
    ["=== Cre[a] tiveEmb[a]  is now known as [m] e", { type: 'renamed', from: 'Cre[a]tiveEmb[a]', to: '[m]e' }],
    ['=== server_ is now known as Bart] ', { type: 'renamed', from: 'server_', to: 'Bart]' }],
  ])('%s', (line, expected) => { expect(readLine(line)).toEqual(expected) })
})
