# evtx
