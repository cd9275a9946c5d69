#include "../harness/harness.h"
Suite *test_suite(void);
Suite *test_suite(void){return suite_create("x");}
