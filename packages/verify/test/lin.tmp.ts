import { MerkleMap } from "@countermark/formats";
import { sha256 } from "/work/main/packages/verify/test/ledger/toy-ledger.ts";
import { createHash } from "node:crypto";
for (const n of [100_000, 200_000, 400_000, 1_100_000]) { const e=Array.from({length:n},(_,i)=>[createHash("sha256").update(""+i).digest("hex"),"00".repeat(32)] as const).sort((a,b)=>a[0]<b[0]?-1:1);
const t=performance.now(); MerkleMap.from(sha256,(v)=>v,e).commitment(); console.log(n,(performance.now()-t).toFixed(0)); }
