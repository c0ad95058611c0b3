// Fixtures have their own folders and no state in common. Within one, tests follow each other: some of them tell times and orders of events apart.
[assembly: Parallelizable(ParallelScope.Fixtures)]
