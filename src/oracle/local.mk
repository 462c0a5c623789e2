# oracle
