export { claimedEmBytes, looksLikeEm, planEm } from './read.ts';
