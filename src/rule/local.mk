# rule
